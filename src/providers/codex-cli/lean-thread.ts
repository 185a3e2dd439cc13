const off = (names: readonly string[]): Record<string, boolean> => Object.fromEntries(names.map((name) => [name, false]));

/** Makes a plain chat model of an agent: no tools, no files, no skills, no instructions of its own. Each of these changed the request in a trial. */
export const leanThread: object = {
  web_search: 'disabled',
  project_doc_max_bytes: 0,
  include_permissions_instructions: false,
  include_environment_context: false,
  include_apps_instructions: false,
  include_collaboration_mode_instructions: false,
  skills: { include_instructions: false, bundled: { enabled: false } },
  tools: { experimental_request_user_input: { enabled: false }, update_plan: { enabled: false } },
  agents: { enabled: false },
  features: off([
    ...['shell_tool', 'unified_exec', 'apps', 'goals', 'view_image', 'tool_suggest', 'plugins', 'hooks', 'image_generation', 'multi_agent', 'browser_use', 'computer_use'],
    ...['sleep_tool', 'code_mode_host', 'in_app_browser', 'skill_search', 'shell_snapshot', 'remote_plugin', 'workspace_dependencies'],
    // It would wait for a network for ever.
    'unbounded_connection_retries',
    'enable_request_compression',
  ]),
};
