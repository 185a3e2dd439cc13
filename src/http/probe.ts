/** Whether a route is what looks at the gateway all the time. */
export function isProbe(route: string | undefined): boolean {
  return route !== undefined && (route.startsWith('/health') || route === '/metrics');
}
