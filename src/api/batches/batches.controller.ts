import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBody, ApiNotFoundResponse, ApiOperation, ApiParam, ApiQuery, ApiTags, ApiTooManyRequestsResponse } from '@nestjs/swagger';
import { type BatchObject, encodeBatch } from './batch-object.js';
import { BatchDto } from './batch.dto.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { Once } from '../../http/idempotency/once.js';
import { BatchesService } from '../../runs/batches/batches.service.js';
import { ttlOf } from '../files/file-terms.js';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { type ListPage, listPage } from '../list-page.js';
import { numberOf, textOf } from '../../http/query.js';

const example: BatchObject = {
  id: 'batch_5f0f6c1f1a110b0c6a519d7a4c8abb0f',
  object: 'batch',
  endpoint: '/v1/chat/completions',
  errors: null,
  input_file_id: 'file-0b0c6a519d7a4c8abb0f5f0f6c1f1a11',
  completion_window: '24h',
  status: 'completed',
  output_file_id: 'file-7d0f5f0f6c1f1a110b0c6a519d7a4c8a',
  error_file_id: null,
  created_at: 1790000000,
  in_progress_at: 1790000001,
  expires_at: 1790086400,
  finalizing_at: 1790000070,
  completed_at: 1790000071,
  failed_at: null,
  expired_at: null,
  cancelling_at: null,
  cancelled_at: null,
  request_counts: { total: 40, completed: 40, failed: 0 },
  metadata: { purpose: 'nightly' },
};
const MAX_BATCHES = 100;

@ApiTags('batches')
@Controller('v1/batches')
@RequiresScope('completions')
export class BatchesController {
  constructor(
    private readonly batches: BatchesService,
    private readonly once: Once,
  ) {}

  @Post()
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    operationId: 'createBatch',
    summary: 'Run the requests of a file',
    description:
      'Over any provider, after all requests that somebody waits for, within 24 hours. Each line of the file is `{"custom_id", "method": "POST", "url": "<the endpoint>", "body"}`; what becomes of them is in the output file and the error file.',
  })
  @ApiBody({
    type: BatchDto,
    examples: {
      'chat completions': { value: { input_file_id: example.input_file_id, endpoint: example.endpoint, completion_window: '24h', metadata: example.metadata } },
      'with results that are kept for a day': {
        value: { input_file_id: example.input_file_id, endpoint: example.endpoint, completion_window: '24h', output_expires_after: { anchor: 'created_at', seconds: 86_400 } },
      },
    },
  })
  @ApiAnswer({ description: 'The batch.', schema: 'Batch', example })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: `param` names the field' })
  @ApiNotFoundResponse({ description: '`not_found`: no such file' })
  @ApiTooManyRequestsResponse({ description: '`concurrency_limit_exceeded`: the key has 100 batches that are not over; `rate_limit_exceeded`' })
  async create(@Body(EnvelopePipe) body: BatchDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const { client } = request;
    const { input_file_id: inputFileId, endpoint, metadata = null, output_expires_after: policy } = body;
    const outputTtlS = policy ? ttlOf(policy, 'output_expires_after') / 1000 : null;
    await this.once.answer(request, reply, async () => {
      void reply.send(encodeBatch(await this.batches.create(client.id, { inputFileId, endpoint, metadata, outputTtlS })));
    });
  }

  @Get()
  @ApiOperation({ operationId: 'listBatches', summary: 'Batches', description: "The caller's own, the newest first." })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: MAX_BATCHES, default: 20 }, description: 'How many at most.' })
  @ApiQuery({ name: 'after', required: false, schema: { type: 'string' }, description: 'The id of the batch behind which the page begins.' })
  @ApiAnswer({ description: 'A page of batches.', schema: 'BatchList', example: listPage([example], 1) })
  async list(@Query('limit') limitGiven: unknown, @Query('after') after: unknown, @Req() { client }: GatewayRequest): Promise<ListPage<BatchObject>> {
    const limit = numberOf('limit', limitGiven, { min: 1, max: MAX_BATCHES }) ?? 20;
    return listPage((await this.batches.list(client.id, { limit, after: textOf('after', after) })).map(encodeBatch), limit);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getBatch', summary: 'One batch', description: 'How far it is, and the files with its results.' })
  @ApiParam({ name: 'id', description: 'The id of the batch.', example: example.id })
  @ApiAnswer({ description: 'The batch.', schema: 'Batch', example })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, or another client’s' })
  async find(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<BatchObject> {
    return encodeBatch(await this.batches.find(id, client.id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelBatch', summary: 'Cancel a batch', description: 'What runs is ended; what is done stays, and is in its files soon after.' })
  @ApiParam({ name: 'id', description: 'The id of the batch.', example: example.id })
  @ApiAnswer({ description: 'The batch, which ends soon.', schema: 'Batch', example: { ...example, status: 'cancelling' } })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: it is over' })
  @ApiNotFoundResponse({ description: '`not_found`' })
  async cancel(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<BatchObject> {
    return encodeBatch(await this.batches.cancel(id, client.id));
  }
}
