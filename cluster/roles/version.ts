/** The version of this build: tags, answers and package.json all say the same (a test compares). */
export const GYRE_VERSION = "0.1.0";
