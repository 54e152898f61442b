namespace Tanlu.Organisation;
