/** The path of an installed CLI; undefined where it is not there, or in another version. */
export function findCli(name: string): string | undefined;
