import type { ServerConfig } from '../config/config.ts'
import type { ToolClass } from '../policies/policy.ts'

/** The class of a tool; undefined while nothing is known of it. */
export const toolClassFor = (
  _server: ServerConfig,
  _tool: string,
  heard: ToolClass | undefined,
): ToolClass | undefined => heard
