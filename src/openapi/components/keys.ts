import { deleted, flag, integer, listOf, number, object, orNull, text, time, wholeList, word } from '../../http/documentation/json-schema.js';

const budget = {
  usd: number('Dollars.'),
  tokens: integer('Tokens.'),
  period: word(['day', 'month'], 'Of the calendar, in UTC.'),
};
const terms = {
  rpm: orNull(integer('Requests a minute; 0: no limit; null: what holds for all clients.')),
  models: orNull(listOf({ type: 'string' }, 'Patterns of `<provider>/<model>`; null: every model.')),
  scopes: listOf(word(['completions', 'metrics', 'admin']), 'What it may do.'),
  max_concurrent: orNull(integer('Requests that are answered at once; null: no limit.')),
  redact: flag('`false`: its answers come as they were said.'),
};
const key = {
  id: text('`key_…`'),
  object: word(['api_key']),
  name: text('Of the client.'),
  source: word(['issued', 'environment'], '`environment`: of `SHELLM_CLIENTS`, and not to be changed here.'),
  masked: orNull(text('How its value ends.')),
  ...terms,
  budget: {
    ...object(
      { ...budget, spent_usd: number('Dollars that are spent.'), spent_tokens: integer('Tokens that are spent.'), resets_at: time('When it begins anew') },
      { optional: ['usd', 'tokens', 'spent_usd', 'spent_tokens', 'resets_at'] },
    ),
    nullable: true,
  },
  created_at: orNull(time('When it was issued')),
  expires_at: orNull(time('When it ends')),
  revoked_at: orNull(time('When it was revoked')),
};
const asked = {
  ...terms,
  budget: { ...object(budget, { optional: ['usd', 'tokens'] }), nullable: true, description: 'What it may spend in a day or a month: dollars, tokens or both.' },
  expires_at: { oneOf: [{ type: 'string', nullable: true }, { type: 'integer' }], description: 'A time as in ISO 8601, or seconds since 1970.' },
};
const name = text('What the client is called; no other may be called the same.');
const requests = (which: string): object => integer(which);

export const keySchemas = {
  Key: object(key, { description: 'A key, without its value.' }),
  KeyWithSecrets: object({ ...key, key: text('The key itself, shown this once.'), webhook_secret: text('What its callbacks are signed with, shown this once.') }),
  KeyList: wholeList('Key'),
  DeletedKey: deleted('api_key'),
  NewKey: object({ name, ...asked }, { optional: Object.keys(asked) }),
  KeyChange: object({ name, ...asked, rotate: flag('`true`: another value, shown this once.') }, { optional: ['name', ...Object.keys(asked), 'rotate'] }),
  Usage: object(
    {
      client: orNull(text('Where it is grouped by clients.')),
      provider: orNull(text('Where it is grouped by providers.')),
      model: orNull(text('Where it is grouped by models.')),
      day: orNull(text('Where it is grouped by days (UTC).')),
      requests: requests('All that reached the completion, those that failed too.'),
      errors: requests('Those that ended in an error.'),
      aborted_requests: requests('Those whose client left.'),
      prompt_tokens: integer('Of prompts, with what was read from a cache.'),
      completion_tokens: integer('Of answers, with what models thought.'),
      cached_tokens: integer('Read from caches of vendors.'),
      cache_write_tokens: integer('Written to them.'),
      reasoning_tokens: integer('What models thought.'),
      scaffold_tokens: integer('What CLIs added to prompts, where that is known.'),
      estimated_requests: requests('Those whose tokens are a guess.'),
      cost_usd: number('By the `prices` of `shellm.config.yaml`.'),
      cache_hits: requests('Those that were answered from the response cache.'),
    },
    { optional: ['client', 'provider', 'model', 'day'] },
  ),
  UsageList: wholeList('Usage'),
};
