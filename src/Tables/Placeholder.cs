namespace Tanlu.Tables;
