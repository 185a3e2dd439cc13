import { Injectable } from '@nestjs/common';
import { type CompletionCall } from './completion-call.js';
import { mayUse } from './may-use.js';
import { Router } from './router.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { formatModelId, type ModelId } from '../kernel/model-id.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

/** Where a completion would be led, for those who only want to know. */
@Injectable()
export class Destination {
  constructor(
    private readonly router: Router,
    private readonly registry: ProviderRegistry,
  ) {}

  /** @throws GatewayError for a model that is not there, or not for this client */
  of({ route, client, credential }: Pick<CompletionCall, 'route' | 'client' | 'credential'>): ModelId {
    const { target } = this.router.route({ ...route, credential: credential !== undefined, session: undefined }, client);
    if (mayUse(client, target, this.registry.get(target.provider))) return target;
    throw new GatewayError('model_not_allowed', `This key may not use "${formatModelId(target)}".`, { param: 'model' });
  }
}
