import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EmbeddingsDto } from './embeddings.dto.js';
import { embeddings } from './embeddings.operation.js';
import { ApiAnswer, RoutingHeaders } from '../../http/documentation/documented.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { Once } from '../../http/idempotency/once.js';
import { OperationReply } from '../../http/operation-reply.js';
import { Operations } from '../../runs/operations/operations.js';

const examples = {
  'one text': { value: { model: 'openai/text-embedding-3-small', input: 'Hello there' } },
  'several texts': { value: { model: 'openai/text-embedding-3-small', input: ['Hello there', 'Good bye'], dimensions: 256 } },
};

const example = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.0023, -0.0093] }],
  model: 'text-embedding-3-small',
  usage: { prompt_tokens: 2, total_tokens: 2 },
};

@ApiTags('embeddings')
@Controller('v1/embeddings')
export class EmbeddingsController {
  constructor(
    private readonly replies: OperationReply,
    private readonly once: Once,
    operations: Operations,
  ) {
    operations.add(embeddings);
  }

  @Post()
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @RequiresScope('completions')
  @ApiOperation({
    operationId: 'createEmbedding',
    summary: 'Embeddings',
    description: 'Of API providers alone, passed through as they are. A CLI has none: `unsupported_operation`.',
  })
  @RoutingHeaders({ sessions: false })
  @ApiBody({ type: EmbeddingsDto, examples })
  @ApiAnswer({ description: 'The embeddings, as the vendor answered.', schema: 'EmbeddingList', example })
  async create(@Body(EnvelopePipe) body: EmbeddingsDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.once.answer(request, reply, () => this.replies.send(embeddings, body, request, reply));
  }
}
