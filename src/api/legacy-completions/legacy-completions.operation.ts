import { LegacyCompletionDto } from './legacy-completion.dto.js';
import { PassedOnOperation } from '../passed-on.operation.js';

export const legacyCompletions = new PassedOnOperation({
  endpoint: '/v1/completions',
  dto: LegacyCompletionDto,
  format: 'openai-completions',
  what: 'legacy completions',
  instead: 'Use /v1/chat/completions, which every provider answers.',
});
