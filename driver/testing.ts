// The entry of `pgratchet/testing`: for tests of programs that use this package.
export {
  testEnvironment,
  TestEnvironment,
  type Calls,
  type TestEnvironmentOptions,
} from './testing/environment';
