import { fieldsOf, listOf, textOf } from '../kernel/read-value.js';

/** A setting of a session with a list of values to choose from. */
export interface SelectOption {
  readonly configId: string;
  readonly values: readonly string[];
  readonly current: string | undefined;
}

/**
 * The setting of a category (`model`, `thought_level`, `mode`); undefined where the session has none.
 *
 * @param raw the result of `session/new`, `session/load` or `session/set_config_option`
 */
export function selectOptionOf(raw: unknown, category: string): SelectOption | undefined {
  const options = listOf(fieldsOf(raw)['configOptions']).map(fieldsOf);
  const option = options.find((each) => each['category'] === category && each['type'] === 'select');
  const configId = textOf(option?.['id']);
  if (!option || configId === undefined) return undefined;
  return { configId, values: valuesOf(option['options']), current: textOf(option['currentValue']) };
}

/** Options stand in one list, or in groups of them. */
function valuesOf(options: unknown): string[] {
  return listOf(options)
    .map(fieldsOf)
    .flatMap(({ value, options: group }) => (Array.isArray(group) ? valuesOf(group) : [textOf(value)]))
    .filter((value) => value !== undefined);
}
