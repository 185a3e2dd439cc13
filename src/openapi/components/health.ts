import { flag, integer, map, number, object, ref, text, word } from '../../http/documentation/json-schema.js';

const indicators = map({ type: 'object', additionalProperties: true }, 'By what was looked at.');

export const healthSchemas = {
  Health: object({
    status: word(['ready', 'degraded', 'unavailable'], '`degraded`: a provider that is switched on or found is not usable.'),
    version: text('Of the gateway.'),
    uptime_seconds: number('Since its start.'),
    providers: map(ref('ProviderStatus'), 'By their ids.'),
    capacity: object({
      active: integer('CLI turns that run.'),
      max: integer('How many may.'),
      queued: integer('Turns that wait.'),
      max_queued: integer('How many may.'),
      warm: integer('Processes that wait ready.'),
    }),
  }),
  Probe: object({ status: word(['ok', 'error', 'shutting_down']), info: indicators, error: indicators, details: indicators }),
  ProviderStatus: object(
    {
      status: word(['ready', 'unavailable']),
      installed: flag('Its program is there.'),
      authenticated: flag('It has a key, or is logged in.'),
      auth: word(['subscription', 'api_key'], 'Which of the two is billed.'),
      detail: text('What the operator has to do.'),
    },
    { optional: ['auth', 'detail'] },
  ),
};
