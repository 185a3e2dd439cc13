import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { encodeProvider, type ProviderObject } from './provider-object.js';
import { AuthService } from '../auth/auth.service.js';
import { ProviderHealth } from '../completion/provider-health.js';
import { RequiresScope } from '../http/access.decorator.js';
import { ListRedactor } from '../http/list-redactor.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { SessionService } from '../sessions/session.service.js';

const SESSIONS_SHOWN = 200;

/** A session of any client. Times are ISO 8601. */
interface SessionObject {
  readonly id: string;
  readonly client: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly turns: number;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
}

/** What there is: providers and sessions. */
@ApiExcludeController()
@Controller('dashboard/api')
@RequiresScope('admin')
export class StateController {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly health: ProviderHealth,
    private readonly sessionService: SessionService,
    private readonly auth: AuthService,
    private readonly redactor: ListRedactor,
  ) {}

  @Get('providers')
  async providers(): Promise<{ data: ProviderObject[] }> {
    const { registry, health } = this;
    return this.redactor.clean({ data: await Promise.all(registry.known.map((provider) => encodeProvider(provider, registry.isEnabled(provider.id), health))) });
  }

  @Get('sessions')
  async sessions(): Promise<{ data: SessionObject[] }> {
    const sessions = await this.sessionService.newest(SESSIONS_SHOWN);
    const data = sessions.map(({ id, owner, target, turns, createdAt, usedAt, expiresAt }) => ({
      id,
      client: this.auth.find(owner)?.name ?? owner,
      provider: target?.provider ?? null,
      model: target?.model ?? null,
      turns,
      created_at: new Date(createdAt).toISOString(),
      last_used_at: new Date(usedAt).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
    }));
    return this.redactor.clean({ data });
  }
}
