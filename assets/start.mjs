import { init as help } from "./views/help.mjs";
import { init as tooltip } from "./views/tooltip.mjs";

help();
tooltip();
