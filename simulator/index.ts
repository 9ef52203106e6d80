export type { ErrorShape } from "./answer";
export type { Authentication } from "./authentication";
export type { Fault, FaultHandle, FaultMatcher } from "./fault";
export type { Permission } from "./permissionNames";
export type { RateLimit } from "./rateLimit";
export type { LoggedRequest } from "./requestLog";
export type {
  KeyPair,
  LeakSettings,
  OrganizationSettings,
  SimulatedOrganization,
  SimulatedToken,
  Simulator,
  SimulatorOptions,
  TokenSettings,
  TokenState,
  UserSettings,
} from "./simulator";
export { startSimulator } from "./startSimulator";
