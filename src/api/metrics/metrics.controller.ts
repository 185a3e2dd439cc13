import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { StoredFigures } from './stored-figures.js';
import { ProviderHealth } from '../../completion/provider-health.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { type GatewayReply } from '../../http/gateway-request.js';
import { Metrics } from '../../observability/metrics/metrics.js';
import { asOpenMetrics } from '../../observability/metrics/open-metrics.js';

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const example = `# HELP shellm_completions_total Completions that have ended, by how: an HTTP status, 499 where the client left.
# TYPE shellm_completions_total counter
shellm_completions_total{provider="claude",model="sonnet",client="billing",status="200"} 128
`;

@ApiTags('metrics')
@Controller('metrics')
@RequiresScope('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly stored: StoredFigures,
    private readonly health: ProviderHealth,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'Metrics for Prometheus',
    description:
      'Counts against no limit. In OpenMetrics where `Accept` asks for it. Open where there are no clients, or with `SHELLM_METRICS_AUTH=off`. What they mean: docs/observability.md.',
  })
  @ApiProduces('text/plain', 'application/openmetrics-text')
  @ApiOkResponse({
    description: 'All figures.',
    content: { 'text/plain': { schema: { type: 'string' }, example }, 'application/openmetrics-text': { schema: { type: 'string' }, example: `${example}# EOF\n` } },
  })
  async scrape(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: GatewayReply): Promise<string> {
    this.health.refresh();
    await this.stored.refresh();
    const text = await this.metrics.text();
    const open = accept?.includes('application/openmetrics-text') === true;
    void reply.header('content-type', open ? OPEN_METRICS : PROMETHEUS);
    return open ? asOpenMetrics(text) : text;
  }
}
