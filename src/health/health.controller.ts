import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { type HealthReport, HealthService } from './health.service.js';
import { ApiAnswer } from '../http/documentation/documented.js';
import { ref } from '../http/documentation/json-schema.js';
import { Public } from '../http/access.decorator.js';
import { Admission } from '../http/admission.js';
import { type GatewayReply } from '../http/gateway-request.js';
import { ListRedactor } from '../http/list-redactor.js';

const capacity = { active: 0, max: 2, queued: 0, max_queued: 10, warm: 1 };
const state = { version: '0.1.0', uptime_seconds: 3600, capacity };
const example = { ...state, status: 'ready', providers: { claude: { status: 'ready', installed: true, authenticated: true, auth: 'subscription' } } };
const gone = { gateway: { status: 'down', message: 'shutting_down' } };
const closing = { status: 'error', info: {}, error: gone, details: gone };
const down = { ...state, status: 'unavailable', providers: { claude: { status: 'unavailable', installed: true, authenticated: false, detail: 'Claude Code is not logged in.' } } };

@ApiTags('health')
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly terminus: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly admission: Admission,
    private readonly redactor: ListRedactor,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'getHealth', summary: 'State of the gateway', description: '200 while at least one provider is usable, else 503. Provider states are kept 30 s.' })
  @ApiOkResponse({ description: 'A provider is usable.', content: { 'application/json': { schema: ref('Health'), example } } })
  @ApiServiceUnavailableResponse({ description: 'No provider is usable.', content: { 'application/json': { schema: ref('Health'), example: down } } })
  async report(@Res({ passthrough: true }) reply: GatewayReply): Promise<HealthReport> {
    const report = await this.health.report();
    if (report.status === 'unavailable') void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return this.redactor.clean(report);
  }

  @Get('live')
  @HealthCheck({ noCache: false, swaggerDocumentation: false })
  @ApiOperation({ operationId: 'getLiveness', summary: 'Liveness', description: 'For orchestrators: the process answers.' })
  @ApiAnswer({ description: 'It lives.', schema: 'Probe', example: { status: 'ok', info: {}, error: {}, details: {} } })
  live(): Promise<HealthCheckResult> {
    return this.terminus.check([]);
  }

  @Get('ready')
  @HealthCheck({ noCache: false, swaggerDocumentation: false })
  @ApiOperation({ operationId: 'getReadiness', summary: 'Readiness', description: 'For orchestrators: requests are taken. Never depends on a vendor.' })
  @ApiAnswer({ description: 'It is ready.', schema: 'Probe', example: { status: 'ok', info: { gateway: { status: 'up' } }, error: {}, details: { gateway: { status: 'up' } } } })
  @ApiAnswer({ status: 503, description: 'It is about to end.', schema: 'Probe', example: closing })
  ready(): Promise<HealthCheckResult> {
    const gateway = this.indicator.check('gateway');
    return this.terminus.check([() => (this.admission.closing ? gateway.down('shutting down') : gateway.up())]);
  }
}
