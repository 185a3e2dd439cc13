import { DemoProvider } from './demo.provider.js';
import { type ProviderDefinition } from '../provider.js';

export const demo: ProviderDefinition = { provider: DemoProvider };
