// Places of registration by GB/T 2260 code: the municipalities by district, else provincial cities.

const districts = (prefix, names) => names.split(" ").map((name, place) => [`${prefix}${String(place + 1).padStart(2, "0")}`, name]);
const named = (pairs) => pairs.split(" ").map((pair) => [pair.slice(0, 6), pair.slice(6)]);

export const DEFAULT_REGION = "110105";

export const REGIONS = [
  ["北京市", named("110101东城区 110102西城区 110105朝阳区 110106丰台区 110107石景山区 110108海淀区 110109门头沟区 110111房山区 110112通州区 110113顺义区 110114昌平区 110115大兴区 110116怀柔区 110117平谷区 110118密云区 110119延庆区")],
  ["天津市", districts("1201", "和平区 河东区 河西区 南开区 河北区 红桥区")],
  ["河北省", named("130100石家庄市 130200唐山市 130600保定市")],
  ["山西省", named("140100太原市 140200大同市")],
  ["内蒙古自治区", named("150100呼和浩特市 150200包头市")],
  ["辽宁省", named("210100沈阳市 210200大连市")],
  ["吉林省", named("220100长春市 220200吉林市")],
  ["黑龙江省", named("230100哈尔滨市 230600大庆市")],
  ["上海市", named("310101黄浦区 310104徐汇区 310105长宁区 310106静安区 310107普陀区 310109虹口区 310110杨浦区 310112闵行区 310113宝山区 310115浦东新区")],
  ["江苏省", named("320100南京市 320200无锡市 320500苏州市")],
  ["浙江省", named("330100杭州市 330200宁波市 330300温州市")],
  ["安徽省", named("340100合肥市 340200芜湖市")],
  ["福建省", named("350100福州市 350200厦门市 350500泉州市")],
  ["江西省", named("360100南昌市 360700赣州市")],
  ["山东省", named("370100济南市 370200青岛市 370600烟台市")],
  ["河南省", named("410100郑州市 410300洛阳市")],
  ["湖北省", named("420100武汉市 420500宜昌市")],
  ["湖南省", named("430100长沙市 430200株洲市")],
  ["广东省", named("440100广州市 440300深圳市 440400珠海市 440600佛山市 441900东莞市")],
  ["广西壮族自治区", named("450100南宁市 450300桂林市")],
  ["海南省", named("460100海口市 460200三亚市")],
  ["重庆市", named("500101万州区 500103渝中区 500105江北区 500106沙坪坝区 500107九龙坡区 500112渝北区")],
  ["四川省", named("510100成都市 510700绵阳市")],
  ["贵州省", named("520100贵阳市 520300遵义市")],
  ["云南省", named("530100昆明市 530300曲靖市")],
  ["西藏自治区", named("540100拉萨市 540200日喀则市")],
  ["陕西省", named("610100西安市 610400咸阳市")],
  ["甘肃省", named("620100兰州市 620200嘉峪关市")],
  ["青海省", named("630100西宁市 630200海东市")],
  ["宁夏回族自治区", named("640100银川市 640200石嘴山市")],
  ["新疆维吾尔自治区", named("650100乌鲁木齐市 650200克拉玛依市")],
];

const stem = (place) => place.replace(/(?:省|市|(?:壮族|回族|维吾尔)?自治区)$/, "");

/** The code of the place with which a company's name begins, as names do; null where it begins with none of ours. */
export function regionNamed(company) {
  const begins = (place) => company.startsWith(stem(place));
  for (const [province, places] of REGIONS) {
    const [city] = places.find(([, name]) => name.endsWith("市") && begins(name)) ?? [];
    if (city) return city;
    if (begins(province)) return (places.find(([code]) => code === DEFAULT_REGION) ?? places[0])[0];
  }
  return null;
}

/** The province's place in REGIONS of a six-digit code; the default region's when it is unknown. */
export function provinceOf(code) {
  const place = REGIONS.findIndex(([, cities]) => cities.some(([known]) => known === code));
  return place < 0 ? 0 : place;
}
