import { selectOptionOf } from './select-option.js';
import { type Fields, fieldsOf, listOf, textOf } from '../kernel/read-value.js';

/** The models that a session can run, and how one is chosen. */
export interface SessionModels {
  readonly available: readonly string[];
  /** Undefined where the agent does not tell. */
  readonly current: string | undefined;
  /** The request that chooses one of them for a session; undefined where none can be chosen. */
  readonly choose: ((sessionId: string, model: string) => { readonly method: string; readonly params: Fields }) | undefined;
}

/**
 * By the setting of the category `model`, else by the older list of models that some agents still have.
 *
 * @param raw the result of `session/new` or `session/load`
 */
export function modelsOf(raw: unknown): SessionModels {
  return byOption(raw) ?? byList(raw) ?? { available: [], current: undefined, choose: undefined };
}

function byOption(raw: unknown): SessionModels | undefined {
  const option = selectOptionOf(raw, 'model');
  if (!option) return undefined;
  const { configId, values, current } = option;
  return { available: values, current, choose: (sessionId, value) => ({ method: 'session/set_config_option', params: { sessionId, configId, value } }) };
}

function byList(raw: unknown): SessionModels | undefined {
  const models = fieldsOf(fieldsOf(raw)['models']);
  const available = listOf(models['availableModels'])
    .map((model) => textOf(fieldsOf(model)['modelId']))
    .filter((model) => model !== undefined);
  if (available.length === 0) return undefined;
  return { available, current: textOf(models['currentModelId']), choose: (sessionId, modelId) => ({ method: 'session/set_model', params: { sessionId, modelId } }) };
}
