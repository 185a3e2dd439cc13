/** The gateway's own environment, `.env` included. Read it through a settings class; as a whole it is only the source of a child's allow-list. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Token of the {@link Environment}. */
export const ENVIRONMENT = Symbol('ENVIRONMENT');
