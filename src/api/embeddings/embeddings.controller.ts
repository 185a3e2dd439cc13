import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EmbeddingsDto } from './embeddings.dto.js';
import { embeddings } from './embeddings.operation.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { OperationReply } from '../../http/operation-reply.js';
import { Operations } from '../../runs/operations/operations.js';

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
    operations: Operations,
  ) {
    operations.add(embeddings);
  }

  @Post()
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @RequiresScope('completions')
  @ApiOperation({ summary: 'Embeddings', description: 'Of API providers alone, passed through as they are.' })
  @ApiBody({ type: EmbeddingsDto })
  @ApiOkResponse({ content: { 'application/json': { example } } })
  async create(@Body(EnvelopePipe) body: EmbeddingsDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.replies.send(embeddings, body, request, reply);
  }
}
