/** Identifies the build of the lab: another build may round differently, so a run that resumes is checked for it. */

/** The worker's script bears the hash of its content in its name; the development server's does not. */
export const BUILD: string = self.location.pathname.split('/').at(-1) ?? '';
