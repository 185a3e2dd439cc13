import { type AuthType } from './login.js';

/** A name that no folder has. */
const NO_FILE = 'none.shellm-9d2f';

/** Makes a plain chat model of an agent: no tools, no files, no skills, no second call, one try. Each of these changed the request or its cost in a trial. */
export function leanSettings(selectedType: AuthType): object {
  return {
    general: {
      enableAutoUpdate: false,
      enableAutoUpdateNotification: false,
      plan: { enabled: false },
      topicUpdateNarration: false,
      // The client has a time limit and the gateway other providers.
      maxAttempts: 1,
      retryFetchErrors: false,
      devtools: false,
      checkpointing: { enabled: false },
      // The gateway removes what its own sessions leave behind.
      sessionRetention: { enabled: false },
    },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    security: { auth: { selectedType }, disableYoloMode: true, folderTrust: { enabled: false } },
    // No tool has the first name; an empty list would mean all of them to some versions. The client's functions come as tools of a server.
    tools: { core: ['none', 'mcp_*'], useRipgrep: false, shell: { enableInteractiveShell: false } },
    useWriteTodos: false,
    skills: { enabled: false },
    hooksConfig: { enabled: false },
    experimental: { enableAgents: false, topicUpdateNarration: false, extensionManagement: false, autoMemory: false },
    context: { fileName: NO_FILE, includeDirectoryTree: false, discoveryMaxDirs: 0, fileFiltering: { enableFileWatcher: false } },
    model: { skipNextSpeakerCheck: true, disableLoopDetection: true, compressionThreshold: 1 },
    ide: { enabled: false },
    admin: { extensions: { enabled: false }, skills: { enabled: false } },
    // A `.env` of the folders above would be read too.
    advanced: { ignoreLocalEnv: true },
  };
}
