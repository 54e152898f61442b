namespace Tanlu.Inventory;
