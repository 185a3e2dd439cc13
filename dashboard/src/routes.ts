import { type ComponentType } from 'preact';
import { type IconName } from './components/icon.tsx';

export interface Route {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  /** Under which word it stands in the navigation. */
  readonly group: string;
  readonly load: () => Promise<ComponentType>;
}

/** All pages, in the order of the navigation; each is loaded when it is first asked for. */
export const routes: readonly Route[] = [
  { path: '/', title: 'Overview', icon: 'overview', group: 'Watch', load: async () => (await import('./pages/overview.tsx')).OverviewPage },
  { path: '/live', title: 'Live', icon: 'live', group: 'Watch', load: async () => (await import('./pages/live.tsx')).LivePage },
  { path: '/requests', title: 'Requests', icon: 'requests', group: 'Watch', load: async () => (await import('./pages/requests.tsx')).RequestsPage },
  { path: '/usage', title: 'Usage', icon: 'usage', group: 'Watch', load: async () => (await import('./pages/usage.tsx')).UsagePage },
  { path: '/providers', title: 'Providers', icon: 'providers', group: 'Run', load: async () => (await import('./pages/providers.tsx')).ProvidersPage },
  { path: '/jobs', title: 'Jobs', icon: 'jobs', group: 'Run', load: async () => (await import('./pages/jobs.tsx')).JobsPage },
  { path: '/keys', title: 'Keys', icon: 'keys', group: 'Run', load: async () => (await import('./pages/keys.tsx')).KeysPage },
  { path: '/playground', title: 'Playground', icon: 'playground', group: 'Try', load: async () => (await import('./pages/playground.tsx')).PlaygroundPage },
];
