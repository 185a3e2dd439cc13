import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DashboardFiles } from './dashboard-files.js';
import { Public } from '../http/access.decorator.js';
import { type GatewayReply, type GatewayRequest } from '../http/gateway-request.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** The pages of the dashboard: they hold no data, so that everybody may have them. */
@ApiExcludeController()
@Controller('dashboard')
@Public()
export class PagesController {
  constructor(private readonly files: DashboardFiles) {}

  // Not a wildcard: it would answer for the methods that the data's routes do not take.
  @Get(['', ':page', 'assets/:file'])
  async page(@Req() { url, headers }: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const path = url.split('?', 1)[0]?.replace(/^\/dashboard\/?/, '') ?? '';
    const file = path === 'api' ? undefined : await this.files.find(path);
    if (!file) throw await this.#notFound(path);
    const compressed = /\bbr\b/.test(String(headers['accept-encoding'])) ? await file.compressed() : undefined;
    void reply.headers({ 'content-type': file.type, 'cache-control': file.cacheControl, vary: 'accept-encoding, origin' });
    if (compressed) void reply.header('content-encoding', 'br');
    await reply.send(compressed ?? file.body);
  }

  async #notFound(path: string): Promise<GatewayError> {
    if (path !== 'api' && !(await this.files.built())) return new GatewayError('not_found', 'The dashboard is not built: run `npm run build`.');
    return new GatewayError('not_found', 'There is no such page.');
  }
}
