import { DemoProvider } from './demo.provider.js';
import { DemoSettings } from './settings.js';
import { type ProviderDefinition } from '../provider.js';

export const demo: ProviderDefinition = { id: 'demo', settings: DemoSettings, provider: DemoProvider };
