export { Pool } from './pool';
