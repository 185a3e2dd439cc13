import { type FileSettings } from '../config/file-settings.js';
import { ConfigurationError } from '../config/settings.js';

/** Names to ordered targets; a target is `<provider>/<model>`, a provider id or another name. */
export type Aliases = ReadonlyMap<string, readonly string[]>;

/** Names that every gateway knows; the configuration file may give them another meaning. */
const shipped: Aliases = new Map([
  ['fast', ['claude/haiku']],
  ['smart', ['claude/opus']],
]);

/**
 * The aliases there are, each with its targets spelled out: `<provider>/<model>` or a provider id, in order, none twice.
 *
 * @param isTarget whether a name leads to a provider
 * @throws ConfigurationError for a target that leads nowhere or in a circle
 */
export function resolveAliases({ aliases }: Pick<FileSettings, 'aliases'>, isTarget: (name: string) => boolean): Aliases {
  const all = new Map([...shipped, ...aliases]);
  const spellOut = (name: string, from: readonly string[]): string[] => {
    if (from.includes(name)) throw new ConfigurationError(`shellm.config.yaml: aliases.${from[0] ?? name}: leads in a circle`);
    return (all.get(name) ?? []).flatMap((target) => {
      if (all.has(target)) return spellOut(target, [...from, name]);
      if (isTarget(target)) return [target];
      throw new ConfigurationError(`shellm.config.yaml: aliases.${name}: "${target.slice(0, 80)}" names no provider and no alias`);
    });
  };
  return new Map([...all.keys()].map((name) => [name, [...new Set(spellOut(name, []))]]));
}
