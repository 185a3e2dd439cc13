import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBadRequestResponse, ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { acceptedExample, deletedExample, idExample, jobExample, listExample } from './job-examples.js';
import { type JobView, viewOf } from './job-view.js';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { type ListPage, listPage } from '../list-page.js';
import { ref } from '../../http/documentation/json-schema.js';
import { numberOf, textOf, wordOf } from '../../http/query.js';
import { AuthService } from '../../auth/auth.service.js';
import { type Client } from '../../auth/client.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { type GatewayRequest } from '../../http/gateway-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { deliveryStates, jobStatuses } from '../../runs/jobs/job.js';
import { type Owner } from '../../runs/jobs/job-store.js';
import { Jobs } from '../../runs/jobs/jobs.js';

const ALL = { name: 'all', required: false, schema: { type: 'boolean' }, description: "`true`: every client's, for a key with the scope `admin`." };

/** Completions that were accepted with a `callback_url`. */
@ApiTags('jobs')
@Controller('jobs')
@RequiresScope('completions')
@ApiForbiddenResponse({ description: '`insufficient_scope`: `all` without the scope `admin`' })
export class JobsController {
  constructor(
    private readonly jobs: Jobs,
    private readonly auth: AuthService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listJobs',
    summary: 'Jobs',
    description: "The caller's own, the newest first, without their answers. A job begins with `callback_url` in `POST /completions` or `POST /v1/chat/completions`.",
  })
  @ApiQuery(ALL)
  @ApiQuery({ name: 'status', required: false, enum: jobStatuses, description: 'Only those that are so far.' })
  @ApiQuery({ name: 'delivery', required: false, enum: deliveryStates, description: '`dead`: given up after the last try.' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 }, description: 'How many at most.' })
  @ApiQuery({ name: 'after', required: false, type: String, description: 'The id of the job behind which the page begins.' })
  @ApiAnswer({ description: 'A page of jobs.', schema: 'JobList', example: listExample })
  async list(
    @Query() { all, status, delivery, limit, after }: Readonly<Record<'all' | 'status' | 'delivery' | 'limit' | 'after', unknown>>,
    @Req() { client }: GatewayRequest,
  ): Promise<ListPage<JobView>> {
    const owner = ownerOf(all, client);
    const size = numberOf('limit', limit, { min: 1, max: 100 }) ?? 20;
    const filter = { status: wordOf('status', status, jobStatuses), delivery: wordOf('delivery', delivery, deliveryStates) };
    const found = await this.jobs.list(owner, filter, { after: textOf('after', after), limit: size + 1 });
    return listPage(
      found.map((job) => viewOf(job, this.#namesFor(owner))),
      size,
    );
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getJob',
    summary: 'A job',
    description: '`queued` or `running`, then `succeeded` with its `result`, `failed` with its `error`, or `cancelled`; and how the callback went.',
  })
  @ApiParam({ name: 'id', description: 'The id of the job.', example: idExample })
  @ApiQuery(ALL)
  @ApiAnswer({ description: 'The job.', schema: 'Job', example: jobExample })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, erased, or another client’s' })
  async find(@Param('id') id: string, @Query('all') all: unknown, @Req() { client }: GatewayRequest): Promise<JobView> {
    const owner = ownerOf(all, client);
    return viewOf(await this.jobs.find(id, owner), this.#namesFor(owner));
  }

  @Delete(':id')
  @ApiOperation({
    operationId: 'deleteJob',
    summary: 'Cancel or erase a job',
    description: 'One that is not over is cancelled: its turn is ended at the vendor, and nothing is told. One that is over is erased.',
  })
  @ApiParam({ name: 'id', description: 'The id of the job.', example: idExample })
  @ApiQuery(ALL)
  @ApiOkResponse({
    description: 'The job that was cancelled, or what was erased.',
    content: {
      'application/json': {
        schema: { anyOf: [ref('Job'), ref('DeletedJob')] },
        examples: { cancelled: { value: { ...acceptedExample, status: 'cancelled', finished_at: 1790000004 } }, erased: { value: deletedExample } },
      },
    },
  })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, erased, or another client’s' })
  async remove(@Param('id') id: string, @Query('all') all: unknown, @Req() { client }: GatewayRequest): Promise<JobView | typeof deletedExample> {
    const owner = ownerOf(all, client);
    const cancelled = await this.jobs.end(id, owner);
    return cancelled ? viewOf(cancelled, this.#namesFor(owner)) : { id, object: 'job', deleted: true };
  }

  @Post(':id/redeliver')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'redeliverJob',
    summary: 'Tell the end of a job once more',
    description: 'With the same `webhook-id`, and all its tries before it. One that is being told already goes on.',
  })
  @ApiParam({ name: 'id', description: 'The id of the job.', example: idExample })
  @ApiQuery(ALL)
  @ApiAnswer({
    description: 'The job, whose callback is tried again.',
    schema: 'Job',
    example: { ...jobExample, delivery: { state: 'pending', attempts: 0, next_at: 1790000100, last_error: null } },
  })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: it is not over, or was cancelled' })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, erased, or another client’s' })
  async redeliver(@Param('id') id: string, @Query('all') all: unknown, @Req() { client }: GatewayRequest): Promise<JobView> {
    const owner = ownerOf(all, client);
    return viewOf(await this.jobs.redeliver(id, owner), this.#namesFor(owner));
  }

  #namesFor(owner: Owner): ((id: string) => string) | undefined {
    return owner === undefined ? (id) => this.auth.find(id)?.name ?? id : undefined;
  }
}

/** Whose jobs are asked for. @throws GatewayError `insufficient_scope` */
function ownerOf(all: unknown, { id, scopes }: Client): Owner {
  if (wordOf('all', all, ['true', 'false']) !== 'true') return id;
  if (!scopes.includes('admin')) throw new GatewayError('insufficient_scope', 'Other clients\' jobs need a key with the scope "admin".', { param: 'all' });
  return undefined;
}
