import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { cursorOf, logQuestionOf, overviewQuestionOf } from './ledger-query.js';
import { RecentOverviews } from './recent-overviews.js';
import { encodeRequest, type RequestObject } from './request-object.js';
import { RequiresScope } from '../http/access.decorator.js';
import { abortOnClientGone } from '../http/client-gone.js';
import { type GatewayReply, type GatewayRequest } from '../http/gateway-request.js';
import { ListRedactor } from '../http/list-redactor.js';
import { UsageLedger } from '../usage/usage-ledger.js';
import { UsageLog } from '../usage/usage-log.js';
import { type Overview } from '../usage/usage-overview.js';

type Fields = Readonly<Record<string, unknown>>;

/** What was asked, and how it went. */
@ApiExcludeController()
@Controller('dashboard/api')
@RequiresScope('admin')
export class LedgerController {
  constructor(
    private readonly ledger: UsageLedger,
    private readonly overviews: RecentOverviews,
    private readonly log: UsageLog,
    private readonly redactor: ListRedactor,
  ) {}

  @Get('overview')
  async overview(@Query() query: Fields): Promise<Overview> {
    const question = overviewQuestionOf(query, Date.now());
    await this.ledger.flush();
    return this.redactor.clean(await this.overviews.of(question));
  }

  @Get('requests')
  async requests(
    @Query() query: Fields,
    @Req() request: GatewayRequest,
    @Res({ passthrough: true }) reply: GatewayReply,
  ): Promise<{ data: readonly RequestObject[]; next: string | null }> {
    const question = logQuestionOf(query);
    const { signal } = abortOnClientGone(request, reply);
    await this.ledger.flush();
    const rows = await this.log.list({ ...question, limit: question.limit + 1 }, signal);
    const page = rows.slice(0, question.limit);
    const last = page.at(-1);
    return this.redactor.clean({ data: page.map(encodeRequest), next: last && rows.length > page.length ? cursorOf(last) : null });
  }
}
