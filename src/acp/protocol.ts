/** The version of the protocol that is spoken here: https://agentclientprotocol.com/protocol/v1/schema. */
export const PROTOCOL_VERSION = 1;

/** What the agent is asked for. */
export const agentMethods = {
  initialize: 'initialize',
  newSession: 'session/new',
  loadSession: 'session/load',
  closeSession: 'session/close',
  setConfigOption: 'session/set_config_option',
  prompt: 'session/prompt',
  cancel: 'session/cancel',
} as const;

/** What the agent says of its own accord. */
export const clientMethods = {
  update: 'session/update',
  requestPermission: 'session/request_permission',
} as const;
