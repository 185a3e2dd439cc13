/** What is wrong with an agent and what to do about it: for clients and the operator. `label` is {@link labelOf} its name. */

export function labelOf(name: string): string {
  return `The agent "${name}"`;
}

export function notInstalled(name: string): string {
  return `${labelOf(name)} is not installed: its command is not found. Install it, or write its absolute path under acp.${name}.command in shellm.config.yaml, then start the gateway again.`;
}

export function notTrusted(name: string): string {
  return `${labelOf(name)} may run tools of its own and is not trusted. Where that is wanted, set acp.${name}.trusted to true in shellm.config.yaml.`;
}

export function notLoggedIn(label: string): string {
  return `${label} is not logged in, or its login is no longer valid. Log it in on the machine of the gateway, as the user that runs the gateway.`;
}

export function notStarting(label: string): string {
  return `${label} does not start a session. Run its command on the machine of the gateway; the gateway's log says more.`;
}

export function retired(label: string): string {
  return `${label} is not in shellm.config.yaml any more.`;
}
