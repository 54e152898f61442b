namespace Tanlu.Server.Flows.Demo;

/// <summary>
/// The generated group: an operator of industrial parks and the plants on its ground, after the pattern of the zero-carbon parks of the trade. No company, place
/// or figure of it is real; only the orders of magnitude are.
/// </summary>
internal static class DemoGroup
{
    public const string En = "Lakeside Zero-Carbon Park Group";
    public const string Zh = "湖畔零碳园区集团";

    public static readonly IReadOnlyList<DemoCompany> Companies =
    [
        new("PARK", "Park Operations", "园区运营公司"),
        new("TEXTILE", "Textiles", "纺织公司"),
        new("TYRE", "Tyres", "轮胎公司"),
        new("PHARMA", "Pharmaceuticals", "制药公司"),
        new("BATTERY", "Batteries", "电池公司"),
        new("SERVICE", "Property and Services", "置业与服务公司"),
    ];

    public static readonly IReadOnlyList<DemoSite> Sites =
    [
        new("WX-PARK", "PARK", "Wuxi park energy centre", "无锡园区能源中心", "CN-JS", "D4412", Park, PvStart: 11, PvEnd: 32),
        new("WX-TEXTILE", "TEXTILE", "Wuxi textile plant", "无锡纺织厂", "CN-JS", "C1711", Textile, PvStart: 1.2, PvEnd: 4),
        new("WX-TYRE", "TYRE", "Wuxi tyre plant", "无锡轮胎厂", "CN-JS", "C2911", Tyre, PvStart: 2, PvEnd: 6.5),
        new("SX-PHARMA", "PHARMA", "Shaoxing pharmaceutical plant", "绍兴制药厂", "CN-ZJ", "C2710", Pharma, PvStart: 0.4, PvEnd: 1.8),
        new("OD-BATTERY", "BATTERY", "Ordos battery plant", "鄂尔多斯电池厂", "CN-NM", "C3841", Battery, PvStart: 4, PvEnd: 18, OpenedBack: 19),
        new("SZ-TOWER", "SERVICE", "Shenzhen office tower", "深圳办公楼", "CN-GD", "K7040", Tower, PvStart: 0.05, PvEnd: 0.12),
        new("ZY-SCHOOL", "SERVICE", "Zhangye school", "张掖学校", "CN-GS", "P8331", School, PvStart: 0.3, PvEnd: 0.92),
        new("SH-LOGISTICS", "SERVICE", "Shanghai logistics centre", "上海物流中心", "CN-SH", "G5990", Logistics, PvStart: 0.5, PvEnd: 1.1),
    ];

    private static DemoSource[] Park =>
    [
        new("热电联产锅炉 CHP boilers", "fuel.bituminous_coal", "t", 46_000, Season.Heating, -0.06, 1, "煤炭供应商甲 Coal supplier A", Quality: "measured"),
        new("启动锅炉 Start-up boiler", "fuel.natural_gas", "10^4 Nm3", 62, Season.Heating, 0, 0.8, "燃气公司 Gas utility"),
        new("110 kV 变电站购电 110 kV substation", "electricity.grid", "MWh", 64_000, Season.Cooling, 0.03, 1, "省电网公司 Provincial grid", Quality: "measured", OnPv: true),
        new("装载机和叉车 Loaders and forklifts", "fuel.diesel", "t", 118, Season.Work, -0.04, 0.7, "加油站 Fuel station"),
        new("园区公务车 Pool cars", "fuel.gasoline", "L", 31_000, Season.Work, -0.08, 0.5, "加油站 Fuel station"),
        new("中央空调制冷剂 Chiller refrigerant", "refrigerant.R-134a", "kg", 46, Season.Cooling, 0, 0.6, "维保公司 Maintenance firm"),
        new("高压开关 SF6 High-voltage switchgear", "refrigerant.SF6", "kg", 3.2, Season.Even, 0, 0.4, Quality: "estimated"),
        new("自来水 Water supply", "water.supply", "m3", 940_000, Season.Work, 0.01, 0.9, "自来水公司 Water utility", Quarterly: true),
        new("污水处理 Waste water", "water.treatment", "m3", 610_000, Season.Work, 0.01, 0.5, "水务公司 Water utility", Quarterly: true),
        new("员工通勤 Commuting", "commuting.car", "km", 1_900_000, Season.Work, 0, 0, Quality: "estimated"),
        new("一般工业固废 Commercial waste", "waste.commercial.incineration", "t", 820, Season.Work, 0.02, 0.6, "环保公司 Waste contractor"),
    ];

    private static DemoSource[] Textile =>
    [
        new("定型机天然气 Stenter gas", "fuel.natural_gas", "10^4 Nm3", 410, Season.Work, -0.02, 0.9, "燃气公司 Gas utility"),
        new("外购蒸汽 Purchased steam", "heat.purchased", "GJ", 168_000, Season.Heating, -0.03, 1, "城市热力公司 District heating", Quality: "measured"),
        new("车间购电 Workshop power", "electricity.grid", "kWh", 38_500_000, Season.Work, 0.01, 1, "省电网公司 Provincial grid", OnPv: true),
        new("厂内运输 Yard transport", "fuel.diesel", "t", 44, Season.Work, 0, 0.5, "加油站 Fuel station"),
        new("涤纶原料 Polyester raw material", "goods.pet", "t", 5_200, Season.Work, 0.03, 0.8, "化纤供应商 Fibre supplier"),
        new("包装纸箱 Cartons", "goods.board", "t", 640, Season.Work, 0.02, 0.4, "包装供应商 Packaging supplier", Quarterly: true),
        new("成品公路运输 Road freight of products", "freight.downstream.road", "tonne.km", 6_900_000, Season.Work, 0.02, 0.5, "物流公司 Haulier"),
        new("废旧纺织品 Waste textiles", "waste.clothing.recycling", "t", 310, Season.Work, 0, 0.4, "回收公司 Recycler"),
        new("印染用水 Process water", "water.supply", "m3", 720_000, Season.Work, -0.02, 0.9, "自来水公司 Water utility", Quarterly: true),
        new("员工通勤 Commuting", "commuting.bus", "passenger.km", 5_600_000, Season.Work, 0, 0, Quality: "estimated"),
    ];

    private static DemoSource[] Tyre =>
    [
        new("硫化锅炉 Vulcanising boiler", "fuel.natural_gas", "10^4 Nm3", 890, Season.Work, -0.01, 1, "燃气公司 Gas utility", Quality: "measured"),
        new("密炼车间购电 Mixing hall power", "electricity.grid", "kWh", 57_000_000, Season.Work, 0.02, 1, "省电网公司 Provincial grid", Quality: "measured", OnPv: true),
        new("合成橡胶采购 Synthetic rubber bought", "spend.naics.325211", "USD", 21_500_000, Season.Work, 0.02, 0.9, "橡胶供应商 Rubber supplier"),
        new("钢帘线 Steel cord", "goods.steel_cans", "t", 6_100, Season.Work, 0.01, 0.6, "钢帘线供应商 Steel cord supplier"),
        new("出口海运 Export by sea", "freight.downstream.sea", "tonne.km", 390_000_000, Season.Work, 0.04, 0.7, "船公司 Shipping line"),
        new("国内公路运输 Domestic road freight", "freight.downstream.road", "tonne.km", 24_000_000, Season.Work, 0.02, 0.5, "物流公司 Haulier"),
        new("废轮胎 Scrap tyres", "waste.tyres.recycling", "t", 950, Season.Work, 0, 0.6, "回收公司 Recycler"),
        new("冷水机组 Chillers", "refrigerant.R-410A", "kg", 38, Season.Cooling, 0, 0.5, "维保公司 Maintenance firm"),
        new("叉车 Forklifts", "fuel.diesel", "t", 92, Season.Work, -0.1, 0.6, "加油站 Fuel station"),
    ];

    private static DemoSource[] Pharma =>
    [
        new("蒸汽锅炉 Steam boiler", "fuel.natural_gas", "10^4 Nm3", 265, Season.Heating, -0.02, 0.9, "燃气公司 Gas utility"),
        new("洁净车间购电 Clean-room power", "electricity.grid", "kWh", 19_800_000, Season.Cooling, 0.02, 1, "省电网公司 Provincial grid", Quality: "measured", OnPv: true),
        new("备用发电机 Stand-by generator", "fuel.diesel", "t", 6.5, Season.Even, 0, 0.3, "加油站 Fuel station", Quality: "estimated"),
        new("化学原料采购 Chemicals bought", "spend.naics.325199", "USD", 8_400_000, Season.Work, 0.03, 0.9, "化工供应商 Chemical supplier"),
        new("冷链运输 Refrigerated freight", "freight.downstream.road_refrigerated", "tonne.km", 3_100_000, Season.Cooling, 0.03, 0.6, "冷链公司 Cold-chain haulier"),
        new("冷库制冷剂 Cold store refrigerant", "refrigerant.R-404A", "kg", 27, Season.Cooling, -0.1, 0.7, "维保公司 Maintenance firm"),
        new("差旅航班 Flights", "travel.air.short_haul.economy", "passenger.km", 1_350_000, Season.Work, 0.05, 0.8, "差旅平台 Travel agency"),
        new("自来水 Water supply", "water.supply", "m3", 260_000, Season.Work, 0, 0.9, "自来水公司 Water utility", Quarterly: true),
    ];

    private static DemoSource[] Battery =>
    [
        new("干燥房购电 Dry-room power", "electricity.grid", "MWh", 96_000, Season.Work, 0.12, 1, "电网公司 Grid company", Quality: "measured", OnPv: true),
        new("导热油锅炉 Thermal-oil boiler", "fuel.natural_gas", "10^4 Nm3", 340, Season.Heating, 0.05, 0.9, "燃气公司 Gas utility"),
        new("铝箔 Aluminium foil", "goods.aluminium_cans", "t", 2_900, Season.Work, 0.1, 0.8, "铝材供应商 Aluminium supplier"),
        new("电解液和化学品 Electrolyte and chemicals", "spend.naics.325180", "USD", 31_000_000, Season.Work, 0.1, 0.9, "化工供应商 Chemical supplier"),
        new("原料铁路运输 Rail freight of materials", "freight.rail", "tonne.km", 210_000_000, Season.Work, 0.08, 0.6, "铁路公司 Railway"),
        new("冷水机组 Chillers", "refrigerant.R-134a", "kg", 64, Season.Cooling, 0, 0.5, "维保公司 Maintenance firm"),
        new("废电池 Scrap cells", "waste.batteries.recycling_open", "t", 420, Season.Work, 0, 0.7, "回收公司 Recycler"),
        new("厂区班车 Shuttle buses", "fuel.diesel", "t", 58, Season.Work, 0, 0.5, "加油站 Fuel station"),
    ];

    private static DemoSource[] Tower =>
    [
        new("大楼购电 Building power", "electricity.grid", "kWh", 4_150_000, Season.Cooling, -0.02, 1, "电网公司 Grid company", Quality: "measured", OnPv: true),
        new("餐厅燃气 Canteen gas", "fuel.natural_gas", "10^4 Nm3", 3.4, Season.Work, 0, 0.9, "燃气公司 Gas utility"),
        new("多联机制冷剂 Air-conditioning refrigerant", "refrigerant.R-410A", "kg", 21, Season.Cooling, 0, 0.6, "维保公司 Maintenance firm"),
        new("差旅高铁 Rail travel", "travel.rail", "passenger.km", 3_900_000, Season.Work, 0.04, 0.8, "差旅平台 Travel agency"),
        new("长途航班 Long-haul flights", "travel.air.long_haul.economy", "passenger.km", 2_700_000, Season.Work, 0.06, 0.8, "差旅平台 Travel agency"),
        new("酒店住宿 Hotel nights", "travel.hotel", "room.night", 7_400, Season.Work, 0.04, 0.8, "差旅平台 Travel agency"),
        new("地铁通勤 Commuting by metro", "commuting.metro", "passenger.km", 4_600_000, Season.Work, 0, 0, Quality: "estimated"),
        new("软件和信息服务 Software and services", "spend.naics.518210", "USD", 2_900_000, Season.Work, 0.08, 0.9, "云服务商 Cloud provider", Quarterly: true),
        new("自来水 Water supply", "water.supply", "m3", 41_000, Season.Work, 0, 0.9, "自来水公司 Water utility", Quarterly: true),
    ];

    private static DemoSource[] School =>
    [
        new("教学楼购电 School power", "electricity.grid", "kWh", 1_780_000, Season.School, -0.01, 1, "电网公司 Grid company", OnPv: true),
        new("外购热力 District heating", "heat.purchased", "GJ", 11_500, Season.Heating, -0.04, 1, "城市热力公司 District heating"),
        new("食堂液化气 Canteen LPG", "fuel.lpg", "t", 14, Season.School, 0, 0.7, "燃气站 Gas depot"),
        new("校车 School buses", "fuel.diesel", "t", 19, Season.School, 0, 0.6, "加油站 Fuel station"),
        new("食材采购 Food bought", "goods.food_and_drink", "t", 210, Season.School, 0.01, 0.6, "食材供应商 Food supplier"),
        new("厨余垃圾 Food waste", "waste.food.composting", "t", 64, Season.School, 0, 0.3, "环卫公司 Waste contractor"),
    ];

    private static DemoSource[] Logistics =>
    [
        new("自有卡车 Own trucks", "fuel.diesel", "t", 640, Season.Work, -0.05, 0.9, "加油站 Fuel station"),
        new("LNG 牵引车 LNG tractors", "fuel.lng", "t", 210, Season.Work, 0.15, 0.8, "加气站 Gas station"),
        new("仓库购电 Warehouse power", "electricity.grid", "kWh", 6_200_000, Season.Cooling, 0.03, 1, "电网公司 Grid company", Quality: "measured", OnPv: true),
        new("外包公路运输 Contracted road freight", "freight.road", "tonne.km", 31_000_000, Season.Work, 0.03, 0.6, "物流公司 Haulier"),
        new("冷库制冷剂 Cold store refrigerant", "refrigerant.R-507A", "kg", 33, Season.Cooling, 0, 0.5, "维保公司 Maintenance firm"),
        new("托盘木材 Pallet wood", "goods.wood", "t", 480, Season.Work, 0, 0.4, "木材供应商 Timber supplier", Quarterly: true),
        new("周转箱塑料 Plastic crates", "goods.hdpe", "t", 120, Season.Work, 0.02, 0.4, "塑料供应商 Plastics supplier", Quarterly: true),
    ];
}
