/** The path of an installed CLI; undefined where it is not there, or in another version. */
export function findCli(name: string): string | undefined;

/** The CLIs that the tests run, and in which version. */
export const clis: Readonly<Record<'claude' | 'gemini' | 'codex', { readonly version: string }>>;
