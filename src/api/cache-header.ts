/** `X-SheLLM-Cache`, as the documentation tells of it. */
export const cacheHeader = {
  'X-SheLLM-Cache': {
    description: '`hit`: this is an answer that was kept. `miss`: there was none; it is kept where it ends with `stop`. Not there: the cache had no part in it.',
    schema: { type: 'string' as const, enum: ['hit', 'miss'] },
  },
};
