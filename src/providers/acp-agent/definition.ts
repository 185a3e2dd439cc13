import { AcpAgentFamily } from './acp-agent.family.js';
import { PoolSettings } from '../../process-pool/pool-settings.js';
import { type ProviderDefinition } from '../provider.js';

export const acpAgent: ProviderDefinition = { settings: [PoolSettings], family: AcpAgentFamily };
