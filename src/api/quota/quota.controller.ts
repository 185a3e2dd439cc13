import { Controller, Get, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { ProviderCatalogue } from '../../completion/provider-catalogue.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { type GatewayRequest } from '../../http/gateway-request.js';
import { ListRedactor } from '../../http/list-redactor.js';
import { type QuotaWindow } from '../../kernel/quota.js';

type ProviderQuota = { readonly provider: string } & QuotaWindow;

const example: ProviderQuota = { provider: 'claude', window: 'five_hour', used_percent: 41.5, resets_at: '2026-11-25T18:00:00.000Z', status: 'allowed' };

@ApiTags('models')
@Controller('quota')
@RequiresScope('completions')
export class QuotaController {
  constructor(
    private readonly providers: ProviderCatalogue,
    private readonly redactor: ListRedactor,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getQuota',
    summary: 'What the vendors report of the limits of the accounts',
    description: 'As they last told it, mostly with an answer: nothing before the first one. Costs no tokens.',
  })
  @ApiAnswer({ description: 'One entry a limit.', schema: 'QuotaList', example: { data: [example] } })
  list(@Req() { client }: GatewayRequest): { data: ProviderQuota[] } {
    return this.redactor.clean({ data: this.providers.list(client).flatMap((provider) => (provider.quota?.() ?? []).map((window) => ({ provider: provider.id, ...window }))) });
  }
}
