import { integer, listOf, number, object, open, orNull, ref, text, time, wholeList, word } from '../../http/documentation/json-schema.js';

const abilities = ['streaming', 'system', 'tools', 'json_schema', 'images', 'files', 'reasoning', 'stop', 'max_tokens', 'usage', 'sessions'];

export const modelSchemas = {
  Model: object({
    id: text('`<provider>/<model>`, or an alias.'),
    object: word(['model']),
    created: time('The start of the gateway: no provider tells when a model was made'),
    owned_by: text("The provider's id; `shellm` for an alias."),
  }),
  ModelList: wholeList('Model'),
  AnthropicModel: open({ type: word(['model']), id: text('As in `Model`.'), display_name: text('The same.'), created_at: text('As in `Model`, in ISO 8601.') }, [
    'type',
    'id',
    'display_name',
  ]),
  AnthropicModelList: object({
    data: listOf(ref('AnthropicModel'), 'A page of them.'),
    has_more: { type: 'boolean', description: 'There is another page.' },
    first_id: orNull(text('`before_id` of the page before.')),
    last_id: orNull(text('`after_id` of the next page.')),
  }),
  ProviderCapabilities: object({ id: text('The provider.'), capabilities: object(Object.fromEntries(abilities.map((name) => [name, word(['native', 'emulated', 'none'])]))) }),
  CapabilitiesList: wholeList('ProviderCapabilities'),
  Quota: object({
    provider: text('The provider.'),
    window: text("The vendor's word for the limit: `five_hour`, `weekly`, `requests`, `tokens`."),
    used_percent: orNull(number('0 to 100 and above.')),
    resets_at: orNull(text('When it begins anew, in ISO 8601 (UTC).')),
    status: word(['allowed', 'warning', 'exhausted', 'unknown']),
  }),
  QuotaList: object({ data: listOf(ref('Quota'), 'Nothing before a vendor told it.') }),
  EmbeddingList: open(
    {
      object: word(['list']),
      data: listOf(
        open(
          {
            object: word(['embedding']),
            index: integer('Of the input.'),
            embedding: { description: 'Numbers, or a text in base64.', oneOf: [{ type: 'array', items: { type: 'number' } }, { type: 'string' }] },
          },
          [...['index', 'embedding']],
        ),
        'One for each input.',
      ),
      model: text('As the vendor calls it.'),
      usage: open({ prompt_tokens: integer('Of the input.'), total_tokens: integer('Of all.') }),
    },
    ['data'],
    'As the vendor answered.',
  ),
  LegacyCompletion: open(
    {
      id: text('As the vendor gave it.'),
      object: word(['text_completion']),
      created: time('When it was made'),
      model: text('As the vendor calls it.'),
      choices: listOf(open({ text: text('The answer.'), index: integer('Its place.'), finish_reason: orNull(text('Why it ended.')) }, ['text']), 'Answers.'),
      usage: ref('ChatUsage'),
    },
    ['choices'],
    'As the vendor answered.',
  ),
};
