import { Controller, Delete, Get, Param, Req } from '@nestjs/common';
import { ApiBadRequestResponse, ApiNotFoundResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { type GatewayRequest } from '../../http/gateway-request.js';
import { type HistorySummary } from '../../histories/history.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { SessionService } from '../../sessions/session.service.js';

/** Times are seconds since 1970. */
interface SessionObject {
  readonly id: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly turns: number;
  readonly created_at: number;
  readonly last_used_at: number;
  readonly expires_at: number;
}

const id = '3f2b8c1e-9d4a-4c57-8e21-6a0f5b7d1c93';
const example: SessionObject = { id, provider: 'claude', model: 'sonnet', turns: 3, created_at: 1790000000, last_used_at: 1790000420, expires_at: 1790002220 };

@ApiTags('sessions')
@Controller('sessions')
@RequiresScope('completions')
export class SessionsController {
  constructor(private readonly sessions: SessionService) {}

  @Get()
  @ApiOperation({
    operationId: 'listSessions',
    summary: 'Sessions',
    description: "The caller's own, those used last first. A session begins with the header `X-SheLLM-Session-ID: new`.",
  })
  @ApiAnswer({ description: 'The sessions.', schema: 'SessionList', example: { object: 'list', data: [example] } })
  async list(@Req() { client }: GatewayRequest): Promise<{ object: 'list'; data: SessionObject[] }> {
    const sessions = await this.sessions.list(client.id);
    return { object: 'list', data: sessions.map(encode) };
  }

  @Delete(':id')
  @ApiOperation({ operationId: 'deleteSession', summary: 'End a session', description: 'Its history is deleted. A turn that is under way ends as ever.' })
  @ApiParam({ name: 'id', description: 'The id of the session, a UUID.', example: id })
  @ApiAnswer({ description: 'It is gone.', schema: 'DeletedSession', example: { id, object: 'session', deleted: true } })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: not a UUID' })
  @ApiNotFoundResponse({ description: '`session_not_found`: unknown, over, or another client’s' })
  async remove(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<{ id: string; object: 'session'; deleted: true }> {
    if (!isUUID(id)) throw new GatewayError('invalid_parameter', 'The id of a session is a UUID.', { param: 'id' });
    const canonical = id.toLowerCase();
    await this.sessions.remove(canonical, client.id);
    return { id: canonical, object: 'session', deleted: true };
  }
}

function encode({ id: session, target, turns, createdAt, usedAt, expiresAt }: HistorySummary): SessionObject {
  return {
    id: session,
    provider: target?.provider ?? null,
    model: target?.model ?? null,
    turns,
    created_at: Math.floor(createdAt / 1000),
    last_used_at: Math.floor(usedAt / 1000),
    expires_at: Math.floor(expiresAt / 1000),
  };
}
