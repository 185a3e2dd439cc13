import { Controller, Get, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { ProviderCatalogue } from '../../completion/provider-catalogue.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { type GatewayRequest } from '../../http/gateway-request.js';
import { ListRedactor } from '../../http/list-redactor.js';
import { type Capabilities } from '../../kernel/capabilities.js';

interface ProviderCapabilities {
  readonly id: string;
  readonly capabilities: Capabilities;
}

const example = {
  id: 'claude',
  capabilities: {
    ...{ streaming: 'native', system: 'native', tools: 'none', json_schema: 'none', images: 'native', files: 'native' },
    ...{ reasoning: 'native', stop: 'emulated', max_tokens: 'native', usage: 'native', sessions: 'native' },
  },
};

@ApiTags('models')
@Controller('v1/capabilities')
@RequiresScope('completions')
export class CapabilitiesController {
  constructor(
    private readonly providers: ProviderCatalogue,
    private readonly redactor: ListRedactor,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listCapabilities',
    summary: 'What each provider can do',
    description: '`native`: its own feature; `emulated`: the work of the gateway around it; `none`: refused with a 400.',
  })
  @ApiAnswer({ description: 'Every provider that the key may use.', schema: 'CapabilitiesList', example: { object: 'list', data: [example] } })
  list(@Req() { client }: GatewayRequest): { object: 'list'; data: ProviderCapabilities[] } {
    return this.redactor.clean({ object: 'list', data: this.providers.list(client).map(({ id, capabilities }) => ({ id, capabilities })) });
  }
}
