/** Identifies the build of the lab: another build may round differently, so a run that resumes is checked for it. */

/** A built worker has a hash of its content in its file name; the development server's has none. */
export const BUILD: string = self.location.pathname.split('/').at(-1) ?? '';
