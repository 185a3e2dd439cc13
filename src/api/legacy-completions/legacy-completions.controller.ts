import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LegacyCompletionDto } from './legacy-completion.dto.js';
import { legacyCompletions } from './legacy-completions.operation.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { OperationReply } from '../../http/operation-reply.js';
import { Operations } from '../../runs/operations/operations.js';

const example = {
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1790000000,
  model: 'gpt-3.5-turbo-instruct',
  choices: [{ text: ' there was a fox.', index: 0, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 4, completion_tokens: 5, total_tokens: 9 },
};

@ApiTags('completions')
@Controller('v1/completions')
export class LegacyCompletionsController {
  constructor(
    private readonly replies: OperationReply,
    operations: Operations,
  ) {
    operations.add(legacyCompletions);
  }

  @Post()
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @RequiresScope('completions')
  @ApiOperation({ summary: 'Legacy completion', description: 'Of API providers alone, passed through as they are.' })
  @ApiBody({ type: LegacyCompletionDto })
  @ApiOkResponse({ content: { 'application/json': { example } } })
  async create(@Body(EnvelopePipe) body: LegacyCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.replies.send(legacyCompletions, body, request, reply);
  }
}
