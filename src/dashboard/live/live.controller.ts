import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { filter } from 'rxjs';
import { LiveFeed } from './live-feed.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { abortOnClientGone } from '../../http/client-gone.js';
import { writeEventStream } from '../../http/event-stream.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { KeyCheck } from '../../http/key-check.js';
import { Flow } from '../../kernel/flow.js';

/** Who takes nothing for so long is dropped. Milliseconds. */
const STALL_MS = 30_000;

/** What runs, as server-sent events. */
@ApiExcludeController()
@Controller('dashboard/api/live')
@RequiresScope('admin')
export class LiveController {
  constructor(
    private readonly feed: LiveFeed,
    private readonly keys: KeyCheck,
  ) {}

  @Get()
  async watch(@Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    if (request.method === 'HEAD') {
      await reply.header('content-type', 'text/event-stream; charset=utf-8').send();
      return;
    }
    const { signal } = abortOnClientGone(request, reply);
    const flow = new Flow();
    const mayLook = (): boolean => this.keys.identify(request)?.scopes.includes('admin') === true;
    const frames = await this.feed.watch({ context: request.context, mayLook });
    // A later moment makes up for one that a slow viewer has missed.
    const current = frames.pipe(filter(() => !flow.paused));
    await writeEventStream(reply, { frames: current, flow, signal, stallMs: STALL_MS, headers: () => ({}), failure: () => '' });
  }
}
