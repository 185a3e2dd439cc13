/** Variables that no settings class reads: {@link declareVariables} adds to them. One is the commands' own, which ask the gateway with it. */
export const otherVariables = new Set<string>(['SHELLM_API_KEY']);

/** Makes known variables that no settings class reads: they are passed on, or read before there are settings. @returns the names */
export function declareVariables(names: readonly string[]): readonly string[] {
  for (const name of names) otherVariables.add(name);
  return names;
}
