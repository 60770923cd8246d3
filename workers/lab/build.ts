/** Which build of the lab computes: another one may round otherwise, so a run that goes on says where they differ. */

/** The worker's script bears the hash of its content in its name; the development server's does not. */
export const BUILD: string = self.location.pathname.split('/').at(-1) ?? '';
