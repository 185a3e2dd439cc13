import { Controller, Get, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { encodeUsage, type UsageObject } from './usage-object.js';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { UsageLedger } from '../../usage/usage-ledger.js';
import { parseQuestion } from '../../usage/usage-question.js';
import { UsageReport } from '../../usage/usage-report.js';

const example: UsageObject = {
  client: 'billing',
  day: '2026-11-26',
  requests: 128,
  errors: 3,
  aborted_requests: 1,
  prompt_tokens: 81_920,
  completion_tokens: 20_480,
  cached_tokens: 4096,
  cache_write_tokens: 0,
  reasoning_tokens: 512,
  scaffold_tokens: 0,
  estimated_requests: 1,
  cost_usd: 0.90112,
  cache_hits: 12,
};
const time = { required: false, type: String, description: 'A date or time as in ISO 8601 (UTC where it names no zone), or seconds since 1970.' };

/** What completions took, for those who hold a key with the scope `admin`. */
@ApiTags('usage')
@Controller('admin/usage')
@RequiresScope('admin')
export class UsageController {
  constructor(
    private readonly ledger: UsageLedger,
    private readonly report: UsageReport,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getUsage',
    summary: 'Usage',
    description:
      'What completions took, those that failed too: by day, then the dearest first. Rows are kept for `SHELLM_RETENTION_DAYS`. `cost_usd` is of the `prices` of `shellm.config.yaml`: a model without one costs nothing. `errors` are those that ended in an error, `aborted_requests` those whose client left, `estimated_requests` those whose tokens are a guess; `scaffold_tokens` is what CLIs added to prompts, where that is known.',
  })
  @ApiQuery({ name: 'from', ...time })
  @ApiQuery({ ...time, name: 'to', description: `${time.description} Exclusive.` })
  @ApiQuery({
    name: 'group_by',
    required: false,
    type: String,
    example: 'client,day',
    description: 'Of `client`, `provider`, `model`, `day` (UTC); left out: everything in one sum.',
  })
  @ApiQuery({ name: 'client', required: false, type: String, description: 'Only what this client asked for, by its name.' })
  @ApiQuery({ name: 'provider', required: false, type: String, description: 'Only what this provider answered.' })
  @ApiQuery({ name: 'model', required: false, type: String, description: 'Only what this model answered.' })
  @ApiAnswer({ description: 'One entry a group.', schema: 'UsageList', example: { object: 'list', data: [example] } })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: `param` names the field' })
  async list(@Query() query: Readonly<Record<string, unknown>>): Promise<{ object: 'list'; data: UsageObject[] }> {
    const question = parseQuestion(query);
    await this.ledger.flush();
    return { object: 'list', data: (await this.report.sums(question)).map(encodeUsage) };
  }
}
