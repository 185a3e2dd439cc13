import { Injectable } from '@nestjs/common';
import { type CompletionCall } from './completion-call.js';
import { alternateFor, isRecoverable } from './fallback.js';
import { mayBill } from './may-bill.js';
import { mayUse } from './may-use.js';
import { ProviderHealth } from './provider-health.js';
import { type Route } from './route-model.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type ErrorCode, toGatewayError } from '../kernel/gateway-error.js';
import { type ModelId } from '../kernel/model-id.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { ProviderSettings } from '../providers/provider-settings.js';

export interface StandIn {
  readonly id: ModelId;
  /** How the first one failed. */
  readonly code: ErrorCode;
  readonly request: CompletionRequest;
}

/** Finds who answers in the place of a provider that failed (contract, section 6). */
@Injectable()
export class StandIns {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly health: ProviderHealth,
    private readonly settings: ProviderSettings,
  ) {}

  find(error: unknown, { target, next }: Route, call: CompletionCall): StandIn | undefined {
    const { code } = toGatewayError(error);
    if (!call.fallback || call.session !== undefined || !isRecoverable(code, this.settings.fallbackOnRateLimit)) return undefined;
    const request = decoded(call);
    if (!request) return undefined;
    const id = alternateFor({
      failed: target,
      code,
      next,
      chain: this.registry.fallbackChain,
      request,
      get: (provider) => this.registry.get(provider),
      mayServe: (provider, model) => this.registry.isEnabled(provider.id) && !this.health.isDown(provider) && mayUse(call.client, model, provider) && mayBill(call, provider),
    });
    return id && { id, code, request };
  }
}

/** What a vendor may understand and we do not stays with that vendor. */
function decoded(call: CompletionCall): CompletionRequest | undefined {
  try {
    return call.decode();
  } catch {
    return undefined;
  }
}
