namespace Tanlu.Storage;
