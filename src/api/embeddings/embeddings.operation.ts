import { EmbeddingsDto } from './embeddings.dto.js';
import { PassedOnOperation } from '../passed-on.operation.js';

export const embeddings = new PassedOnOperation({
  endpoint: '/v1/embeddings',
  dto: EmbeddingsDto,
  format: 'openai-embeddings',
  what: 'embeddings',
  instead: 'Name one, such as "openai/text-embedding-3-small".',
});
